;; A-18 expects GUEST_BAD_OUTPUT
(module
  ;; an error; one problem, at 64, which is all zero
  (data (i32.const 0) "\01\00\00\00\40\00\00\00\01\00\00\00")
  (func (export "expand") (param i32) (result i32) (i32.const 0)))
