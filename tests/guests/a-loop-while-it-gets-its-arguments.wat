;; A-32 expects GUEST_FUEL
(module
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (loop (br 0))
    (unreachable)))
