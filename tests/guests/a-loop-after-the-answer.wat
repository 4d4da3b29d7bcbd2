;; A-32 expects GUEST_FUEL
(module
  (data (i32.const 12) "\01")
  (func (export "expand") (param i32) (result i32) (i32.const 0))
  (func (export "cabi_post_expand") (param i32)
    (loop (br 0))))
