;; A-12 expects GUEST_TIMEOUT, by the clock
;; One instruction, 64 MiB.
(module
  (memory (export "memory") 1025)
  (func (export "expand") (param i32) (result i32)
    (loop (memory.fill (i32.const 65536) (i32.const 7) (i32.const 67108864)) (br 0))
    (unreachable)))
