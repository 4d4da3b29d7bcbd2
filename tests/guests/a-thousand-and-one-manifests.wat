;; A-17 expects GUEST_OUTPUT_LIMIT
(module
  ;; ok; 1,001 manifests, from 32 on, all of them `{}`
  (data (i32.const 0) "\00\00\00\00\20\00\00\00\e9\03\00\00")
  (data (i32.const 24) "{}")
  (func (export "expand") (param i32) (result i32)
    (local $at i32)
    (local.set $at (i32.const 32))
    (loop
      (i32.store (local.get $at) (i32.const 24))
      (i32.store offset=4 (local.get $at) (i32.const 2))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if 0 (i32.lt_u (local.get $at) (i32.const 16048))))
    (i32.const 0)))
