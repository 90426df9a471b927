package users

import (
	"context"

	"accord/internal/api/iamapi"
	"accord/internal/service/iam/entity"
	"accord/internal/service/operation"
)

// Users have no credentials other than access keys: no password, no devices, no other
// keys. What clears a user away asks for them and finds none.

// noneOf finds the user of a list, or the caller, who has none of what it lists.
func noneOf(r *operation.Reader, user *string) error {
	_, err := owner(r, user)
	return err
}

// noPassword is the error of a user without a password, or of one that does not exist.
func noPassword(r *operation.Reader, user *string) error {
	of, err := owner(r, user)
	if err != nil {
		return err
	}
	return entity.NoSuch(iamapi.TextNoSuchEntityLoginProfile, of.Name)
}

// GetLoginProfile answers that the user has no password. [AWS: GetLoginProfile]
func (s *Service) GetLoginProfile(ctx context.Context, in *iamapi.GetLoginProfileRequest) (*iamapi.GetLoginProfileResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.GetLoginProfileResponse, error) {
		return nil, noPassword(r, in.UserName)
	})
}

// DeleteLoginProfile answers that the user has no password. [AWS: DeleteLoginProfile]
func (s *Service) DeleteLoginProfile(ctx context.Context, in *iamapi.DeleteLoginProfileRequest) (*iamapi.DeleteLoginProfileResponse, error) {
	return operation.Update(ctx, s.runner, in, func(u *operation.Unit) (*iamapi.DeleteLoginProfileResponse, error) {
		return nil, noPassword(u.Reader, in.UserName)
	})
}

// ListMFADevices lists no devices. [AWS: ListMFADevices]
func (s *Service) ListMFADevices(ctx context.Context, in *iamapi.ListMFADevicesRequest) (*iamapi.ListMFADevicesResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListMFADevicesResponse, error) {
		return &iamapi.ListMFADevicesResponse{MFADevices: []iamapi.MFADevice{}, IsTruncated: new(false)}, noneOf(r, in.UserName)
	})
}

// ListVirtualMFADevices lists no devices. [AWS: ListVirtualMFADevices]
func (s *Service) ListVirtualMFADevices(ctx context.Context, in *iamapi.ListVirtualMFADevicesRequest) (*iamapi.ListVirtualMFADevicesResponse, error) {
	return operation.View(ctx, s.runner, in, func(*operation.Reader) (*iamapi.ListVirtualMFADevicesResponse, error) {
		return &iamapi.ListVirtualMFADevicesResponse{VirtualMFADevices: []iamapi.VirtualMFADevice{}, IsTruncated: new(false)}, nil
	})
}

// ListSSHPublicKeys lists no keys. [AWS: ListSSHPublicKeys]
func (s *Service) ListSSHPublicKeys(ctx context.Context, in *iamapi.ListSSHPublicKeysRequest) (*iamapi.ListSSHPublicKeysResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListSSHPublicKeysResponse, error) {
		return &iamapi.ListSSHPublicKeysResponse{SSHPublicKeys: []iamapi.SSHPublicKeyMetadata{}, IsTruncated: new(false)}, noneOf(r, in.UserName)
	})
}

// ListSigningCertificates lists no certificates. [AWS: ListSigningCertificates]
func (s *Service) ListSigningCertificates(ctx context.Context, in *iamapi.ListSigningCertificatesRequest) (*iamapi.ListSigningCertificatesResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListSigningCertificatesResponse, error) {
		return &iamapi.ListSigningCertificatesResponse{Certificates: []iamapi.SigningCertificate{}, IsTruncated: new(false)}, noneOf(r, in.UserName)
	})
}

// ListServiceSpecificCredentials lists no credentials. [AWS:
// ListServiceSpecificCredentials]
func (s *Service) ListServiceSpecificCredentials(ctx context.Context, in *iamapi.ListServiceSpecificCredentialsRequest) (*iamapi.ListServiceSpecificCredentialsResponse, error) {
	return operation.View(ctx, s.runner, in, func(r *operation.Reader) (*iamapi.ListServiceSpecificCredentialsResponse, error) {
		return &iamapi.ListServiceSpecificCredentialsResponse{
			ServiceSpecificCredentials: []iamapi.ServiceSpecificCredentialMetadata{}, IsTruncated: new(false),
		}, noneOf(r, in.UserName)
	})
}
