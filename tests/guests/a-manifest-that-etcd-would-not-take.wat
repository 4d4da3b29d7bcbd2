;; A-17 expects GUEST_OUTPUT_LIMIT
(module
  (memory (export "memory") 32)
  (data (i32.const 0) "\00\00\00\00\20\00\00\00\01\00\00\00")
  ;; its text: at 64, with 1,153,434 bytes
  (data (i32.const 32) "\40\00\00\00\9a\99\11\00")
  (func (export "expand") (param i32) (result i32)
    (memory.fill (i32.const 64) (i32.const 0x20) (i32.const 1153434))
    (i32.const 0)))
