;; A-28 expects GUEST_WORLD_MISMATCH
(component
  (core module $code (func (export "it") (result i32) (i32.const 1)))
  (core instance $code (instantiate $code))
  (func $it (result u32) (canon lift (core func $code "it")))
  (instance $all
    (export "describe" (func $it)) (export "inputs" (func $it)) (export "environments" (func $it))
    (export "settings" (func $it)) (export "init" (func $it)) (export "expand" (func $it)))
  (export "cmp-host:expander/expander@0.1.0" (instance $all)))
