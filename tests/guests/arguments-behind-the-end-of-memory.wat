;; A-32 expects GUEST_BAD_OUTPUT
(module
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const -16)))
