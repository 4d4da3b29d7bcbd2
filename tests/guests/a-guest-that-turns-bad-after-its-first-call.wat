;; A-34 expects ok
;; It never gets that far: each call is a new instance.
(module
  (global $calls (mut i32) (i32.const 0))
  (data (i32.const 12) "\01")
  (func $count
    (if (global.get $calls) (then (unreachable)))
    (global.set $calls (i32.const 1)))
  (func (export "describe") (result i32) (call $count) (i32.const 64))
  (func (export "inputs") (param i32 i32) (result i32) (call $count) (i32.const 64))
  (func (export "environments") (param i32 i32) (result i32) (call $count) (i32.const 64))
  (func (export "expand") (param i32) (result i32) (call $count) (i32.const 0)))
