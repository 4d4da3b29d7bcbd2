;; A-28 expects GUEST_WORLD_MISMATCH
(component
  (instance $nothing)
  (export "cmp-host:expander/expander@0.1.0" (instance $nothing)))
