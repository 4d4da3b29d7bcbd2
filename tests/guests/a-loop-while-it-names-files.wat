;; A-01 expects GUEST_FUEL
(module
  (func (export "inputs") (param i32 i32) (result i32)
    (loop (br 0))
    (unreachable)))
