;; A-15 expects GUEST_BAD_OUTPUT
(module
  (memory (export "memory") 32)
  (data (i32.const 0) "\00\00\00\00\20\00\00\00\01\00\00\00")
  ;; its text: at 64, with 1,000,000 bytes
  (data (i32.const 32) "\40\00\00\00\40\42\0f\00")
  (func (export "expand") (param i32) (result i32)
    (memory.fill (i32.const 64) (i32.const 0x5b) (i32.const 1000000))
    (i32.const 0)))
