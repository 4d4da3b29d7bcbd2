;; A-27 expects GUEST_TRAP
(module
  (func (export "expand") (param i32) (result i32)
    (i32.div_u (i32.const 1) (i32.const 0))))
