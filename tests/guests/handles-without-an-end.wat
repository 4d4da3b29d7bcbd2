;; A-31 expects GUEST_TRAP, with handles
(module
  (import "[export]test:handles/things" "[resource-new]thing" (func $new (param i32) (result i32)))
  (func (export "expand") (param i32) (result i32)
    (loop (drop (call $new (i32.const 1))) (br 0))
    (unreachable)))
