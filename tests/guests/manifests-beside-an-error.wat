;; A-18 expects GUEST_BAD_OUTPUT
(module
  ;; ok; no manifests, `allow-empty`; one warning, at 64, whose severity is 0: an error
  (data (i32.const 0) "\00\00\00\00\00\00\00\00\00\00\00\00\01\00\00\00\40\00\00\00\01\00\00\00")
  ;; code at 160
  (data (i32.const 64) "\00\00\00\00\a0\00\00\00\02\00\00\00")
  (data (i32.const 160) "E1")
  (func (export "expand") (param i32) (result i32) (i32.const 0)))
