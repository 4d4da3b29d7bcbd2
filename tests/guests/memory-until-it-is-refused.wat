;; A-03 expects GUEST_MEMORY
;; It traps once it gets no more; what counts is why.
(module
  (memory (export "memory") 1)
  (func (export "expand") (param i32) (result i32)
    (loop (br_if 0 (i32.ne (memory.grow (i32.const 100)) (i32.const -1))))
    (unreachable)))
