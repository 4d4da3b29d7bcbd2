;; A-18 expects GUEST_BAD_OUTPUT
(module
  ;; ok; two texts, at 64, both of 3 bytes from 160 on
  (data (i32.const 0) "\00\00\00\00\40\00\00\00\02\00\00\00")
  (data (i32.const 64) "\a0\00\00\00\03\00\00\00\a0\00\00\00\03\00\00\00")
  (data (i32.const 160) "dev")
  (func (export "environments") (param i32 i32) (result i32) (i32.const 0)))
