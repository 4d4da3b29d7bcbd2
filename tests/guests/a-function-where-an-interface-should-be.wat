;; A-28 expects GUEST_WORLD_MISMATCH
(component
  (core module $code (func (export "it") (result i32) (i32.const 1)))
  (core instance $code (instantiate $code))
  (func $it (result u32) (canon lift (core func $code "it")))
  (export "cmp-host:expander/expander@0.1.0" (func $it)))
