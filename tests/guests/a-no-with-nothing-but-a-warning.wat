;; A-18 expects GUEST_BAD_OUTPUT
(module
  ;; an error; one problem, at 64
  (data (i32.const 0) "\01\00\00\00\40\00\00\00\01\00\00\00")
  ;; its severity is 1: a warning; code at 160
  (data (i32.const 64) "\01\00\00\00\a0\00\00\00\02\00\00\00")
  (data (i32.const 160) "W1")
  (func (export "expand") (param i32) (result i32) (i32.const 0)))
