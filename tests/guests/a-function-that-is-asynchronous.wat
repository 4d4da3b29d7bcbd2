;; A-28 expects GUEST_WORLD_MISMATCH
;; The engine knows no asynchronous components.
(component
  (core module $code (func (export "it") (result i32) (i32.const 1)))
  (core instance $code (instantiate $code))
  (func (export "it") async (result u32) (canon lift (core func $code "it") async)))
