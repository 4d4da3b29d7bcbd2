;; A-21 expects GUEST_BAD_OUTPUT, in UTF-16
(module
  (data (i32.const 0) "\00\00\00\00\20\00\00\00\01\00\00\00")
  (data (i32.const 32) "\40\00\00\00\01\00\00\00")
  (data (i32.const 64) "\00\d8")
  (func (export "expand") (param i32) (result i32) (i32.const 0)))
