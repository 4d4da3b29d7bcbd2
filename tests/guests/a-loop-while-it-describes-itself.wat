;; A-01 expects GUEST_FUEL
(module
  (func (export "describe") (result i32)
    (loop (br 0))
    (unreachable)))
