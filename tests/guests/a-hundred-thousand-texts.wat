;; A-14 expects GUEST_OUTPUT_LIMIT
(module
  (memory (export "memory") 32)
  ;; ok; 100,000 manifests of 100 bytes from 65536 on; the texts are the records themselves
  (data (i32.const 0) "\00\00\00\00\00\00\01\00\a0\86\01\00")
  (func (export "expand") (param i32) (result i32)
    (local $at i32)
    (local.set $at (i32.const 65536))
    (loop
      (i32.store (local.get $at) (i32.const 65536))
      (i32.store offset=4 (local.get $at) (i32.const 100))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if 0 (i32.lt_u (local.get $at) (i32.const 1665536))))
    (i32.const 0)))
