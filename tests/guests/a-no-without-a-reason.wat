;; A-18 expects GUEST_BAD_OUTPUT
(module
  ;; an error, and no problem
  (data (i32.const 0) "\01")
  (func (export "expand") (param i32) (result i32) (i32.const 0)))
