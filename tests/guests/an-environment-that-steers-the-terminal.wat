;; A-41 expects GUEST_BAD_OUTPUT
(module
  ;; ok; one text, at 64, of 9 bytes from 160 on
  (data (i32.const 0) "\00\00\00\00\40\00\00\00\01\00\00\00")
  (data (i32.const 64) "\a0\00\00\00\0a\00\00\00")
  (data (i32.const 160) "a\0a\1b[31mred")
  (func (export "environments") (param i32 i32) (result i32) (i32.const 0)))
