;; A-13 expects GUEST_BAD_OUTPUT
(module
  ;; ok; one manifest, at 32
  (data (i32.const 0) "\00\00\00\00\20\00\00\00\01\00\00\00")
  ;; its text: at 64, with 2^30 bytes
  (data (i32.const 32) "\40\00\00\00\00\00\00\40")
  (func (export "expand") (param i32) (result i32) (i32.const 0)))
