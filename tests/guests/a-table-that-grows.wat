;; A-08 expects GUEST_MEMORY
(module
  (table 1 funcref)
  (func (export "expand") (param i32) (result i32)
    (loop (br_if 0 (i32.ne (table.grow (ref.null func) (i32.const 1000)) (i32.const -1))))
    (unreachable)))
