;; A-39 expects SG002
;; It asks for 100,000 files whose names are all different: comparing each with each would take minutes of the host's time.
(module
  (memory (export "memory") 128)
  ;; ok; 100,000 inputs of 28 bytes, from 65536 on; their names are pieces of one text
  (data (i32.const 0) "\00\00\00\00\00\00\01\00\a0\86\01\00")
  (func (export "inputs") (param i32 i32) (result i32)
    (local $at i32) (local $n i32)
    (local.set $at (i32.const 65536))
    (loop
      ;; six letters at 5,665,536 + 6n
      (i32.store (local.get $at) (i32.add (i32.const 5665536) (i32.mul (local.get $n) (i32.const 6))))
      (i32.store offset=4 (local.get $at) (i32.const 6))
      (call $name (i32.load (local.get $at)) (local.get $n))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (local.set $at (i32.add (local.get $at) (i32.const 28)))
      (br_if 0 (i32.lt_u (local.get $n) (i32.const 100000))))
    (i32.const 0))
  (func $name (param $at i32) (param $n i32)
    (local $i i32)
    (loop
      (i32.store8 (i32.add (local.get $at) (local.get $i)) (i32.add (i32.const 97) (i32.and (local.get $n) (i32.const 15))))
      (local.set $n (i32.shr_u (local.get $n) (i32.const 4)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if 0 (i32.lt_u (local.get $i) (i32.const 6))))))
