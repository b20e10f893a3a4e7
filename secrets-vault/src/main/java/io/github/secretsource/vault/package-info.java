/** HashiCorp Vault and OpenBao as a source of secrets. */
package io.github.secretsource.vault;
