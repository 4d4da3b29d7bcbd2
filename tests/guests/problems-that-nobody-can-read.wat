;; A-40 expects GUEST_OUTPUT_LIMIT
;; 50,000 problems, each with the code X1 and a key whose place the host must look up in the spec.
(module
  (memory (export "memory") 128)
  ;; an error; 50,000 problems of 64 bytes, from 2097152 on
  (data (i32.const 0) "\01\00\00\00\00\00\20\00\50\c3\00\00")
  (data (i32.const 32) "model.id")
  (data (i32.const 48) "X1")
  (func (export "expand") (param i32) (result i32)
    (local $at i32) (local $n i32)
    (local.set $at (i32.const 2097152))
    (loop
      (i32.store offset=4 (local.get $at) (i32.const 48))
      (i32.store offset=8 (local.get $at) (i32.const 2))
      ;; at: some key, of file 0, called `model.id`
      (i32.store offset=20 (local.get $at) (i32.const 1))
      (i32.store offset=24 (local.get $at) (i32.const 1))
      (i32.store offset=32 (local.get $at) (i32.const 32))
      (i32.store offset=36 (local.get $at) (i32.const 8))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br_if 0 (i32.lt_u (local.get $n) (i32.const 50000))))
    (i32.const 0)))
