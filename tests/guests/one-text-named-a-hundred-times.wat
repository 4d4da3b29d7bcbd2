;; A-14 expects GUEST_OUTPUT_LIMIT
;; 1.6 KB of the guest's memory would be 100 MiB of the host's.
(module
  (memory (export "memory") 32)
  ;; ok; 100 manifests, from 64 on
  (data (i32.const 0) "\00\00\00\00\40\00\00\00\64\00\00\00")
  (func (export "expand") (param i32) (result i32)
    (local $at i32)
    (local.set $at (i32.const 64))
    (loop
      ;; the text: at 65536, with 1 MiB
      (i32.store (local.get $at) (i32.const 65536))
      (i32.store offset=4 (local.get $at) (i32.const 1048576))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if 0 (i32.lt_u (local.get $at) (i32.const 1664))))
    (i32.const 0)))
