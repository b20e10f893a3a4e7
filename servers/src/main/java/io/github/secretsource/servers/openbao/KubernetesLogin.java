package io.github.secretsource.servers.openbao;

/**
 * A login by a token of a Kubernetes service account: {@code auth/MOUNT/login} with {@code role} and {@code jwt}.
 *
 * @param mount without {@code auth/}
 * @param role its name
 * @param audience that tokens must be for
 */
public record KubernetesLogin(String mount, String role, String audience) {}
