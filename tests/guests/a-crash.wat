;; A-27 expects GUEST_TRAP
(module
  (func (export "expand") (param i32) (result i32) (unreachable)))
