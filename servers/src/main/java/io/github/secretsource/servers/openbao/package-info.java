/**
 * OpenBao and HashiCorp Vault: their processes, and what a test does there as their root. Made by {@code OpenBao} and
 * {@code HashiCorpVault}; the rest speaks the protocol that both share.
 */
@org.jspecify.annotations.NullMarked
package io.github.secretsource.servers.openbao;
