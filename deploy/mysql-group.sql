-- At every start of a server of the group, before it lets anybody in: it takes no writes before it has joined, for what
-- it had committed alone would keep it out. While the image sets itself up it has no network, and no group.
SET GLOBAL super_read_only = 1 - @@GLOBAL.skip_networking;
