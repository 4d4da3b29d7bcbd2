;; A-01 expects GUEST_FUEL
(module
  (func (export "expand") (param i32) (result i32)
    (loop (br 0))
    (unreachable)))
