;; A-28 expects GUEST_WORLD_MISMATCH
(component
  (instance $nothing)
  (export "cmp-host:expander/expander@2.0.0" (instance $nothing)))
