;; A-09 expects GUEST_STACK
(module
  (func $again (param i32) (result i32)
    (i32.add (call $again (i32.add (local.get 0) (i32.const 1))) (i32.const 1)))
  (func (export "expand") (param i32) (result i32)
    (call $again (i32.const 0))))
