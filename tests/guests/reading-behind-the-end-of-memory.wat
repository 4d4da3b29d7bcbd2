;; A-27 expects GUEST_TRAP
(module
  (memory (export "memory") 1)
  (func (export "expand") (param i32) (result i32)
    (i32.load (i32.const 0x7ffffffc))))
