;; A-27 expects GUEST_TRAP
(module
  (type $other (func (param i64) (result i32)))
  (table funcref (elem $it))
  (func $it (result i32) (i32.const 0))
  (func (export "expand") (param i32) (result i32)
    (call_indirect (type $other) (i64.const 0) (i32.const 0))))
