//go:build linux

package main

import (
	"fmt"
	"path/filepath"
)

// file is the URL of a new SQLite file.
func (b *bench) file(name string) string { return "sqlite:" + filepath.Join(b.folder, name+".db") }

const manager = "100000000000"

func managerOf(i int) string { return fmt.Sprintf("1%011d", i) }

func memberOf(organization, i int) string { return fmt.Sprintf("2%06d%05d", organization, i) }

func describing(handshake string) string { return `{"HandshakeId":"` + handshake + `"}` }

func inviting(account string) string { return `{"Target":{"Id":"` + account + `","Type":"ACCOUNT"}}` }

// pageOf20 is the input of the lists of 20.
const pageOf20 = `{"MaxResults":20}`

// join makes an account a member of the organization of a management account.
func join(c *connection, manager, account string) error {
	if err := c.call(manager, "InviteAccountToOrganization", inviting(account)); err != nil {
		return err
	}
	return c.call(account, "AcceptHandshake", describing(c.text("Id")))
}
