/** A Kubernetes control plane without nodes: etcd, kube-apiserver and kube-controller-manager. */
@org.jspecify.annotations.NullMarked
package io.github.secretsource.servers.kubernetes;
