;; A-17 expects GUEST_OUTPUT_LIMIT
;; Nine manifests, each of exactly as many bytes as one may have.
(module
  (memory (export "memory") 32)
  (data (i32.const 0) "\00\00\00\00\20\00\00\00\09\00\00\00")
  (func (export "expand") (param i32) (result i32)
    (local $at i32)
    (local.set $at (i32.const 32))
    (loop
      (i32.store (local.get $at) (i32.const 512))
      (i32.store offset=4 (local.get $at) (i32.const 1048576))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if 0 (i32.lt_u (local.get $at) (i32.const 176))))
    (memory.fill (i32.const 512) (i32.const 0x20) (i32.const 1048576))
    (i32.const 0)))
