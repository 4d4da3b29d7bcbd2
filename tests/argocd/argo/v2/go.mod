module argo

go 1.25.5

require github.com/argoproj/argo-cd/v2 v2.8.0
