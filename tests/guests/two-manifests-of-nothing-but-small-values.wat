;; A-15 expects GUEST_BAD_OUTPUT
;; 600,000 times `0`: 1.2 MB that would be 60 MB once they are read.
(module
  (memory (export "memory") 64)
  ;; ok; two manifests, at 32 and 48
  (data (i32.const 0) "\00\00\00\00\20\00\00\00\02\00\00\00")
  ;; their texts: at 135 and 134, each to 600,000 bytes behind; the second begins with a blank
  (data (i32.const 32) "\87\00\00\00\00\28\09\00")
  (data (i32.const 48) "\86\00\00\00\01\28\09\00")
  (data (i32.const 134) " {\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\"},\"a\":[0")
  (func (export "expand") (param i32) (result i32)
    (local $at i32)
    (local.set $at (i32.const 195))
    (loop
      (i32.store16 (local.get $at) (i32.const 0x302c))
      (local.set $at (i32.add (local.get $at) (i32.const 2)))
      (br_if 0 (i32.lt_u (local.get $at) (i32.const 600133))))
    (i32.store16 (i32.const 600133) (i32.const 0x7d5d))
    (i32.const 0)))
