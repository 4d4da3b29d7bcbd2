;; A-08 expects GUEST_INVALID
;; There is no garbage collector to fill up.
(module
  (type $it (struct (field i64)))
  (func (export "expand") (param i32) (result i32)
    (loop (drop (struct.new_default $it)) (br 0))
    (unreachable)))
