;; A-18 expects ok
(module
  ;; ok; no manifests; `allow-empty`
  (data (i32.const 12) "\01")
  (func (export "expand") (param i32) (result i32) (i32.const 0)))
