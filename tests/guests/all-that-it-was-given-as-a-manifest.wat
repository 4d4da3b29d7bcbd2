;; A-37 expects ok
;; Whatever lies where arguments are laid, in hexadecimal: no secret may be there.
(module
  (memory (export "memory") 16)
  (data (i32.const 0) "\00\00\00\00\20\00\00\00\01\00\00\00")
  ;; its text: at 131072, with 61 + 32,768 + 2 bytes
  (data (i32.const 32) "\00\00\02\00\3f\80\00\00")
  (data (i32.const 131072) "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\"},\"all\":\"")
  (func $digit (param i32) (result i32)
    (i32.add (local.get 0) (select (i32.const 48) (i32.const 87) (i32.lt_u (local.get 0) (i32.const 10)))))
  (func (export "expand") (param i32) (result i32)
    (local $from i32) (local $to i32)
    (local.set $from (i32.const 32768))
    (local.set $to (i32.const 131133))
    (loop
      (i32.store8 (local.get $to) (call $digit (i32.shr_u (i32.load8_u (local.get $from)) (i32.const 4))))
      (i32.store8 offset=1 (local.get $to) (call $digit (i32.and (i32.load8_u (local.get $from)) (i32.const 15))))
      (local.set $from (i32.add (local.get $from) (i32.const 1)))
      (local.set $to (i32.add (local.get $to) (i32.const 2)))
      (br_if 0 (i32.lt_u (local.get $from) (i32.const 49152))))
    (i32.store16 (local.get $to) (i32.const 0x7d22))
    (i32.const 0)))
