;; A-03 expects GUEST_TRAP
;; The module's own limit is not ours: it crashes by itself.
(module
  (memory (export "memory") 1 200)
  (func (export "expand") (param i32) (result i32)
    (loop (br_if 0 (i32.ne (memory.grow (i32.const 100)) (i32.const -1))))
    (unreachable)))
